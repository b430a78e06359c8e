-- USES: line
-- Finished executions: the list h of their task, oldest first, the newest may be R of its row, and f, the members of all lists by when they came.
-- A row has n number, s state, F fire, S started, e ended, a attempts, N node, f fence, o order of one never claimed,
-- R result, E error, M reason, c fire times and k the first of skipped ones, i input, v version of the definition,
-- g no node reported it.
-- z has tasks that ended without an execution, by when. Bounds are given to keep_history.

local per_task, oldest, total = 100, -NEVER, 10000
local dropped = {}

local function keep_history(runs, micros, all)
  per_task, oldest, total = tonumber(runs), now - micros, tonumber(all)
end

local function row_name(id, R)
  local skipped = R.k and '-skipped-' .. out(R.k) or ''
  return out(R.o or R.f) .. ':' .. out(R.n) .. skipped .. ':' .. id
end

local function forget_version(id, T, version)
  version = version or 0
  if version == (T.v or 0) or not T.w then return end
  local left = (T.w[version] or 1) - 1
  T.w[version] = left > 0 and left or nil
  if left <= 0 then call('HDEL', P .. 'v', out(version) .. ':' .. id) end
end

-- the finished executions of a task that are kept, oldest first
local function rows_of_task(id, T)
  local rows = {}
  for _, raw in ipairs(call('LRANGE', P .. 'h:' .. id, 0, -1)) do rows[#rows + 1] = unpacked(raw) end
  rows[#rows + 1] = T.R
  return rows
end

local function has_rows(id, T) return T.R ~= nil or call('EXISTS', P .. 'h:' .. id) == 1 end

local function pop_row(id, T)
  local R = T.N ~= 1 and unpacked(call('LPOP', P .. 'h:' .. id))
  if not R then R, T.R = T.R, nil end
  return R or unpacked(call('LPOP', P .. 'h:' .. id))
end

-- forgets a row; one that was found by its name in f is there no more
local function drop_row(id, T, R, found_by)
  local name = row_name(id, R)
  if name ~= found_by then call('ZREM', P .. 'f', name) end
  if R.R then dropped[#dropped + 1] = R.R end
  if T.Y and not R.k then call('UNLINK', P .. 'y:' .. id .. '#' .. out(R.n)) end
  forget_version(id, T, R.v)
end

local function add_row(id, T, R)
  call('ZADD', P .. 'f', count('h', now), row_name(id, R))
  -- the one execution of a task that runs once stays in the row of the task
  if T.N == 1 and not T.r and not R.k and per_task > 0 then
    T.R = R
    return
  end
  if T.R then call('RPUSH', P .. 'h:' .. id, cmsgpack.pack(T.R)) end
  T.R = nil
  local rows = call('RPUSH', P .. 'h:' .. id, cmsgpack.pack(R))
  while rows > per_task do
    local first = pop_row(id, T)
    if first then drop_row(id, T, first) end
    rows = rows - 1
  end
end

-- a task is no more
local function delete_task(id, T)
  displace(id, T)
  count_state(T, T.s or 'P', nil)
  queue_of(T).u = queue_of(T).u - (T.X or 0)
  if T.X then call('UNLINK', P .. 'a:' .. id) end
  for version in pairs(T.w or {}) do call('HDEL', P .. 'v', out(version) .. ':' .. id) end
  call('HDEL', P .. 't', id)
  forget_owner(id)
end

-- whether nobody expects it to be there once its last execution is gone
local function is_disposable(T)
  return is_over(T.s) and T.s ~= 'Q' and not T.m and not T.e and not T.X and (T.s ~= 'X' or not T.r)
end
