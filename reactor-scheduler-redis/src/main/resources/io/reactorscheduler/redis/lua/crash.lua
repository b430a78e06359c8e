-- USES: runs
-- Crashes of tasks.

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
