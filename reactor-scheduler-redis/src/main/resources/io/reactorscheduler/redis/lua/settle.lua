-- USES: history
-- The state and the place that the parts of a task say, and its head.

-- the state of a task of which nothing is left, by how its last run ended
local function ended(last)
  if last == 'F' or last == 'X' then return last end
  return 'C'
end

local function state_of(T, last)
  local active, first = open(T)
  if T.z and active > 0 then
    active = 0
    for number, E in pairs(T.e) do
      if not E.w and number > T.z then active = active + 1 end
    end
  end
  if active > 0 then return 'R' end
  if first then return T.e[first].r and 'T' or 'P' end
  if (T.d and not T.z) or T.X then return 'P' end
  if T.z then return T.Q and 'Q' or 'X' end
  if not last and T.m then return 'P' end
  return ended(last)
end

local function settle(id, T, last)
  if T.e and not next(T.e) then T.e = nil end
  set_state(T, state_of(T, last))
  place(id, T)
  if is_disposable(T) and not has_rows(id, T) then
    T.g = 1
    call('ZADD', P .. 'z', now, id)
  end
end

-- gives a task a head: fire, due and buffered until; due is nil where the timeline has ended
local function set_head(T, fire, due, buffered)
  T.d, T.f, T.b, T.H = due, nil, nil, nil
  if due and fire ~= due then T.f = fire end
  if due then T.b = buffered end
end

-- a head that the end of no earlier run may change
local function new_head(T, fire, due, buffered)
  set_head(T, fire, due, buffered)
  for _, E in pairs(T.e or {}) do E.g = 1 end
end

local function is_halted(T, number) return T.z ~= nil and number <= T.z end

local function unhalt(T) T.z, T.y, T.Q, T.C, T.B = nil, nil, nil, nil, nil end

-- ends what there is until it is resumed; what is asked for later may run
local function halt(T)
  if T.d or not T.z then T.y = T.d and (T.f or T.d) end
  T.z = T.N or 0
  T.d, T.f = nil, nil
end
