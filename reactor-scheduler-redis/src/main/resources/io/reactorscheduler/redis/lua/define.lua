-- USES: reply
-- New definitions of tasks, and the old ones that executions were made of.

-- keeps the definition as it is for the executions that there are
local function new_version(id, T)
  local runs = call('LLEN', P .. 'h:' .. id) + (T.R and 1 or 0)
  for _ in pairs(T.e or {}) do runs = runs + 1 end
  for _, older in pairs(T.w or {}) do runs = runs - older end
  if runs <= 0 then return end
  local version = T.v or 0
  call('HSET', P .. 'v', out(version) .. ':' .. id, cmsgpack.pack(definition(id, T)))
  T.w = T.w or {}
  T.w[version] = runs
  T.v = version + 1
end

local PARTS = { 'h', 'q', 'p', 'k', 't', 'r', 'o', 'i', 'x' }

local function same_definition(T, D)
  for _, part in ipairs(PARTS) do
    if T[part] ~= D[part] then return false end
  end
  return true
end

-- a task that is in no line gets another definition
local function redefine(id, T, D)
  if same_definition(T, D) then return end
  new_version(id, T)
  if T.q ~= D.q then
    local state, name = T.s or 'P', T.q or 'default'
    count_state(T, state, nil)
    queue_of(T).u = queue_of(T).u - (T.X or 0)
    for _, E in pairs(T.e or {}) do
      if not E.w then E.q = E.q or name end
    end
    T.q = D.q
    count_state(T, nil, state)
    queue_of(T).u = queue_of(T).u + (T.X or 0)
  end
  for _, part in ipairs(PARTS) do T[part] = D[part] end
end
