-- USES: settle
-- Open executions: their leases, their ends without a report, their way back in line.

local function lease_name(id, number, fence) return out(fence) .. ':' .. out(number) .. ':' .. id end

-- has the owner of a claimed execution end it: with its next renewal, should the message get lost
local function end_by_owner(id, number, E)
  E.c = 1
  call('SADD', P .. 'x', lease_name(id, number, E.f))
end

-- tells the owners of all claimed executions of a task to end them
local function end_by_owners(id, T)
  local active = open(T)
  if active == 0 then return end
  for number, E in pairs(T.e) do
    if not E.w then end_by_owner(id, number, E) end
  end
  tell('C', counter('f'), id)
end

-- takes an execution off the claimed ones, and frees its key
local function end_run(id, T, number, E)
  local name = lease_name(id, number, E.f)
  call('ZREM', P .. 'e', name)
  if E.c then
    call('SREM', P .. 'x', name)
    E.c = nil
  end
  local Q = E.q and queue(E.q) or queue_of(T)
  Q.r = Q.r - 1
  if E.k then free_key(Q, E.k) end
end

local function wait_again(E, time, retries)
  E.w, E.d, E.r, E.p = 1, time, retries or nil, nil
end

-- records the end of an execution that nobody runs
local function end_unrun(id, T, number, E, state, reason)
  T.e[number] = nil
  add_row(id, T, {
    n = number, s = state, F = E.F, S = E.S, e = now, a = (E.a or 1) - 1, N = E.n, f = E.f, E = E.E, M = reason,
    i = E.i, v = E.v, g = 1,
  })
end

-- records executions that waited as cancelled, so that whoever knows their ids learns what became of them
local function cancel_waiting(id, T, reason, with_asked)
  local waiting = {}
  for number, E in pairs(T.e or {}) do
    if E.w then waiting[#waiting + 1] = number end
  end
  table.sort(waiting)
  for _, number in ipairs(waiting) do end_unrun(id, T, number, T.e[number], 'X', reason) end
  if not with_asked or not T.X then return end
  for _, raw in ipairs(call('LRANGE', P .. 'a:' .. id, -per_task, -1)) do
    local X = asked_of(raw)
    if X then
      add_row(id, T, {
        n = X.n, s = 'X', F = X.F, e = now, a = 0, N = '', f = 0, o = X.o, M = reason, i = X.i, v = T.v,
      })
    else
      set_aside('a:' .. id, raw)
    end
  end
  call('DEL', P .. 'a:' .. id)
  queue_of(T).u = queue_of(T).u - T.X
  T.X, T.D = nil, nil
end

local REPLACED = 'the task was replaced by another of its id'
local CANCELLED = 'cancelled'

-- back in line, because the lease has expired; uses up no attempt
local function expire(id, T, number, E)
  end_run(id, T, number, E)
  if E.z or is_halted(T, number) then
    end_unrun(id, T, number, E, 'X', E.z and REPLACED or CANCELLED)
    settle(id, T, 'X')
  else
    wait_again(E, E.D)
    settle(id, T, nil)
  end
end
