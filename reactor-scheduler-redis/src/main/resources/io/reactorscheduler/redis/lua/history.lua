-- USES: finished
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

local function delete_version(version, id)
  local field = out(version) .. ':' .. id
  local raw = call('HGET', P .. 'v', field)
  if raw and not unpacked(raw) then keep_field('v', field, raw) end
  call('HDEL', P .. 'v', field)
end

local function forget_version(id, T, version)
  version = version or 0
  if version == (T.v or 0) or not T.w then return end
  local left = (T.w[version] or 1) - 1
  T.w[version] = left > 0 and left or nil
  if left <= 0 then delete_version(version, id) end
end

-- forgets a row; one that was found by its name in f is there no more
local function drop_row(id, T, R, found_by)
  local name = row_name(id, R)
  if name ~= found_by then call('ZREM', P .. 'f', name) end
  if R.R then dropped[#dropped + 1] = R.R end
  if T.Y and not R.k then call('UNLINK', P .. 'y:' .. id .. '#' .. out(R.n)) end
  forget_version(id, T, R.v)
end

-- deletes the oldest of so many rows of a task where they are more than it may keep: a few, the rest with later ends and sweeps
local function trim_task(id, T, rows)
  local most = 11
  while rows > per_task and most > 0 do
    local first, passed = pop_row(id, T)
    if first then drop_row(id, T, first) end
    rows, most = rows - 1 - passed, most - 1
  end
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
  trim_task(id, T, call('RPUSH', P .. 'h:' .. id, cmsgpack.pack(R)))
end

-- a task is no more
local function delete_task(id, T)
  displace(id, T)
  count_state(T, T.s or 'P', nil)
  queue_of(T).u = queue_of(T).u - (T.X or 0)
  if T.X then call('UNLINK', P .. 'a:' .. id) end
  for version in pairs(T.w or {}) do delete_version(version, id) end
  call('HDEL', P .. 't', id)
  forget_owner(id)
end

-- whether nobody expects it to be there once its last execution is gone; a timeline that was cancelled can be resumed
local function is_disposable(T)
  return is_over(T.s) and T.s ~= 'Q' and not T.m and not T.e and not T.X and (T.s ~= 'X' or not T.r or not T.z)
end
