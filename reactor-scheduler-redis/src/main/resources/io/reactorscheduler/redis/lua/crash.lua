-- USES: runs
-- Crashes of tasks, and what must always hold of them.

-- a lease expired; gives whether that was one crash too many, so that the task is quarantined
local function crash(id, T, number, E, patience)
  T.C = (T.C or 0) + 1
  if not patience or T.C < patience or E.z or is_halted(T, number) then
    expire(id, T, number, E)
    return false
  end
  end_run(id, T, number, E)
  E.E = { 'io.reactorscheduler.Quarantined', 'its lease expired ' .. T.C .. ' times in a row: it may take down its node',
    '' }
  E.a = (E.a or 1) + 1
  end_unrun(id, T, number, E, 'F', nil)
  displace(id, T)
  cancel_waiting(id, T, 'quarantined', true)
  halt(T)
  T.Q = 1
  settle(id, T, 'F')
  set_state(T, 'Q')
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
    local T = unpacked(step[2][i + 1])
    if T and T.h then
      check(step[2][i], T, findings)
    else
      findings[#findings + 1] = 'the row of task "' .. step[2][i] .. '" cannot be read; it was left as it is'
    end
  end
end
