-- USES: runs
-- Turns the next work of a task into a claim.

-- the execution that was asked for first; nil where none can be read
local function take_asked(id, T)
  local list, Q, X = P .. 'a:' .. id, queue_of(T), nil
  while T.X > 0 and not X do
    local raw = call('LPOP', list)
    X = asked_of(raw)
    if raw and not X then set_aside('a:' .. id, raw) end
    T.X = T.X - 1
    Q.u = Q.u - 1
  end
  local after = asked_of(call('LINDEX', list, 0))
  T.D = after and after.D or T.D
  if T.X == 0 then T.X, T.D = nil, nil end
  return X
end

-- the execution to be claimed next: one that waits again, one that was asked for, or the head; nil for none
local function take_next(id, T)
  local active, first = open(T)
  local head = T.d and not T.z and at(T.d) or NEVER
  local asked = T.X and at(T.D) or NEVER
  if first then
    local E = T.e[first]
    if not T.o or (at(E.d) <= head and at(E.d) <= asked) then
      E.D, E.w, E.d, E.r = E.d, nil, nil, nil
      -- the head may be ahead of it by now, so it is late on purpose
      if T.o and at(E.F) > at(E.b or -NEVER) then E.b = E.F end
      return first, E, active
    end
  end
  local X = asked < head and take_asked(id, T) or nil
  if not X and asked < head then return nil end
  T.c = (T.c or 0) + 1
  T.e = T.e or {}
  if X then
    T.e[X.n] = { F = X.F, D = X.D, x = 1, i = X.i, u = T.u or 0 }
    return X.n, T.e[X.n], active
  end
  T.N = (T.N or 0) + 1
  T.u = (T.u or 0) + 1
  T.H = T.N
  T.e[T.N] = { F = T.f or T.d, D = T.d, b = T.b, u = T.u }
  T.d, T.f, T.b = nil, nil, nil
  return T.N, T.e[T.N], active
end

-- adds a claim to a reply; gives the name of its lease
local function add_claim(reply, id, T, number, E, active)
  local fired = T.o and E.u or T.u or 0
  for _, part in ipairs({
    id, T.h, T.p and out(T.p) or false, T.k or false, T.t or false, T.i or false, T.x or false, out(number), out(E.F),
    out(E.D), E.a and out(E.a) or false, out(E.f), out(active), out(fired), out(E.b), E.x or false, E.i or false,
  }) do
    reply[#reply + 1] = part
  end
  return lease_name(id, number, E.f)
end

-- claims the next work of a task that was taken out of line; nil where there is none after all
local function claim(id, T, node, lease, reply)
  T.n = nil
  local number, E, active = take_next(id, T)
  if not number then
    settle(id, T, nil)
    keep(id, T)
    return nil
  end
  local Q = queue_of(T)
  E.f, E.n, E.l, E.v, E.q = count('f', now), node, now, T.v, nil
  E.k = T.k
  if T.k then hold_key(Q, T.k) end
  Q.r = Q.r + 1
  call('ZADD', P .. 'e', now + lease, lease_name(id, number, E.f))
  set_state(T, 'R')
  if T.o then place(id, T) end
  keep(id, T)
  note('B', id, number, node)
  return add_claim(reply, id, T, number, E, active)
end
