-- USES: runs
-- Crashes of tasks, and what must always hold of them.

-- a lease expired; gives whether that was one crash too many, so that the task is quarantined
local function crash(id, T, number, E, patience)
  note('L', id, number, E.n)
  if E.z or is_halted(T, number) then
    expire(id, T, number, E)
    return false
  end
  -- leases up to the last fence at a crash belong to that crash
  if E.f > (T.B or -1) then T.C, T.B = (T.C or 0) + 1, counter('f') end
  if not patience or T.C < patience then
    expire(id, T, number, E)
    return false
  end
  end_run(id, T, number, E)
  displace(id, T)
  local fire = not E.x and E.F or nil
  -- the words are made by who reads it
  E.E, E.a, E.S = { 'Q', out(T.C), '' }, (E.a or 1) + 1, E.l
  end_unrun(id, T, number, E, 'F', nil)
  cancel_waiting(id, T, 'the task was put in quarantine', true)
  halt(T)
  T.Q, T.y = 1, T.y or fire
  settle(id, T, nil)
  note('Q', id, number, E.n)
  if open(T) > 0 then tell('C', counter('f'), id) end
  return true
end

-- whether a task stands where its parts say; what is wrong is put right
local function check(id, T, findings)
  for number, E in pairs(T.e or {}) do
    local name = lease_name(id, number, E.f)
    if not E.w and not call('ZSCORE', P .. 'e', name) then
      call('ZADD', P .. 'e', now, name)
      findings[#findings + 1] = 'execution "' .. id .. '#' .. out(number) .. '" was claimed without a lease; it expires now'
    end
  end
  local time = due(T)
  local Q, A = queue_of(T), lane(T)
  local stands = T.n and (call('ZSCORE', line(Q, A), member(T, id))
    or call('ZSCORE', key_line(Q, A, T.k or ''), member(T, id)))
  if (time ~= NEVER) ~= (stands and true or false) then
    findings[#findings + 1] = 'task "' .. id .. '" in state ' .. (T.s or 'P') .. (stands and ' stood in a line'
      or ' stood in no line') .. '; it was put right'
    place(id, T)
    keep(id, T)
  end
end

-- looks at some tasks, and goes on from there the next time
local function check_tasks(most, findings)
  local step = call('HSCAN', P .. 't', call('HGET', P .. 'm', 'k') or '0', 'COUNT', most)
  if step[1] == '0' then call('HDEL', P .. 'm', 'k') else call('HSET', P .. 'm', 'k', step[1]) end
  for i = 1, #step[2], 2 do
    local T = task_of(step[2][i], step[2][i + 1])
    if T then
      check(step[2][i], T, findings)
    else
      findings[#findings + 1] = 'the row of task "' .. step[2][i] .. '" cannot be read; it was left as it is'
    end
  end
end
