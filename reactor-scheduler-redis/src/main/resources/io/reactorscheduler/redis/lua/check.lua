-- USES: reply history
-- What must always hold of a task; what does not is put right, and told.

-- whether a score is a time that comes; Redis knows infinite ones
local function is_time(score) return score and tonumber(score) < EXACT end

-- a claimed execution has a lease that ends
local function check_leases(id, T)
  for number, E in pairs(T.e or {}) do
    local name = lease_name(id, number, E.f)
    if not E.w and not is_time(call('ZSCORE', P .. 'e', name)) then
      call('ZADD', P .. 'e', now, name)
      find('execution "' .. id .. '#' .. out(number) .. '" was claimed without a lease that ends; it expires now')
    end
  end
end

-- what can be claimed stands in one line, all else in none; whoever claims knows of its lane. Gives whether T changed
local function check_line(id, T)
  local time, Q, A, key = due(T), queue_of(T), lane(T), T.k or ''
  local name = T.n and member(T, id)
  local in_line = name and call('ZSCORE', line(Q, A), name) and true or false
  local in_keys = name and call('ZSCORE', key_line(Q, A, key), name) and true or false
  local what = 'task "' .. id .. '" in state ' .. (T.s or 'P') .. ' stood in '
  if in_line and in_keys then
    leave_key(Q, A, key, name)
    find(what .. 'two lines; it was taken out of the line of its key')
  end
  local stands = in_line or in_keys
  if (time ~= NEVER) ~= stands then
    find(what .. (stands and 'a line' or 'no line') .. '; it was put right')
    place(id, T)
    return true
  end
  local opens_at = in_line and not Q.dirty[A] and tonumber(call('ZSCORE', Q.lanes, A) or NEVER)
  if opens_at and opens_at > time then
    Q.dirty[A], Q.news = true, math.min(Q.news, time)
    find(what .. 'lane "' .. A .. '", which was not looked at in time; it was put right')
  end
  return false
end

-- as many executions wait that were asked for as the task says
local function check_asked(id, T)
  local there = call('LLEN', P .. 'a:' .. id)
  if there == (T.X or 0) then return false end
  find('task "' .. id .. '" had ' .. there .. ' triggered executions and said ' .. (T.X or 0) .. '; it was put right')
  local first = asked_of(call('LINDEX', P .. 'a:' .. id, 0))
  displace(id, T)
  queue_of(T).u = queue_of(T).u + there - (T.X or 0)
  T.X, T.D = there > 0 and there or nil, there > 0 and (first and first.D or now) or nil
  settle(id, T, T.s)
  return true
end

-- a task keeps no more rows than it may, and retention knows of the oldest one, and of a task that ended without one
local function check_history(id, T)
  local rows = call('LLEN', P .. 'h:' .. id)
  if rows > per_task then
    trim_task(id, T, rows)
    keep(id, T)
  end
  local raw = call('LINDEX', P .. 'h:' .. id, 0)
  local first = row_of(raw)
  if raw and not first then leave_row('h:' .. id, raw) end
  for _, R in pairs({ first or false, T.R or false }) do
    if R and call('ZADD', P .. 'f', 'NX', counter('h'), row_name(id, R)) == 1 then
      find('execution "' .. id .. '#' .. out(R.n) .. '" was in no index of retention; it was put right')
    end
  end
  if T.g and call('ZADD', P .. 'z', 'NX', now, id) == 1 then
    find('task "' .. id .. '" was in no index of retention; it was put right')
  end
end

local function check(id, T)
  check_leases(id, T)
  local was_asked, was_placed = check_asked(id, T), check_line(id, T)
  if was_asked or was_placed then keep(id, T) end
  check_history(id, T)
end
