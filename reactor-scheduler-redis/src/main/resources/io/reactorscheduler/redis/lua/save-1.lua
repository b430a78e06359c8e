-- Saves tasks in their order and indexes their heads: each is new, replaces, is kept, or is refused.
-- What it answers is kept for a minute under the token of the call, for a caller that asks again.
-- USES: define
-- KEYS: prefix
-- ARGV: token, stop at the first refusal (1 or 0), executions kept, per task: id handler queue priority key trigger
--   flags (r repeats, o overlaps, i has input) input settings fire due buffered mode (R replace, K keep, F fail)
-- RETURNS: now, per task one of: N; R and numbers given; K and the definition; D duplicate; F full, its capacity and queue; B damaged
local known = answered(ARGV[1])
if known then return { out(now), known } end
local SIZE = 13
keep_history(ARGV[3], NEVER, NEVER)

local function save_new(id, D, fire, due_at, buffered)
  local Q = queue_of(D)
  if is_full(Q) then return full(Q) end
  D.m = not due_at and 1 or nil
  set_head(D, fire, due_at, buffered)
  count_state(D, nil, 'P')
  place(id, D)
  keep(id, D)
  note('S', id)
  return { 'N' }
end

local function replace(id, T, D, fire, due_at, buffered)
  local was_over = is_over(T.s)
  local to = queue_of(D)
  if (was_over or T.q ~= D.q) and is_full(to) then return full(to) end
  local keeps = not was_over and (T.d or T.H) and D.r and T.t == D.t
  displace(id, T)
  if not keeps then cancel_waiting(id, T, REPLACED, false) end
  redefine(id, T, D)
  if not keeps then
    unhalt(T)
    T.u, T.m = nil, not due_at and 1 or nil
    new_head(T, fire, due_at, buffered)
    for _, E in pairs(T.e or {}) do E.z = 1 end
  end
  settle(id, T, nil)
  keep(id, T)
  note('S', id)
  return { 'R', out(T.N or 0) }
end

local function save(i)
  local id, mode = ARGV[i], ARGV[i + 12]
  local D, fire, due_at, buffered = defined(i), num(ARGV[i + 9]), num(ARGV[i + 10]), num(ARGV[i + 11])
  local T, damaged = task(id)
  if damaged then return { 'B' } end
  if not T then return save_new(id, D, fire, due_at, buffered) end
  if mode == 'K' then return { 'K', definition(id, T) } end
  if mode == 'F' then return { 'D' } end
  return replace(id, T, D, fire, due_at, buffered)
end

local replies = {}
for i = 4, #ARGV, SIZE do
  local reply = save(i)
  replies[#replies + 1] = reply
  if ARGV[2] == '1' and (reply[1] == 'D' or reply[1] == 'F') then break end
end
settle_queues()
return { out(now), answer(ARGV[1], replies) }
