-- Saves tasks in their order and indexes their heads: each is new, replaces, is kept, or is refused.
-- What it answers is kept for a minute under the token of the call, for a caller that asks again.
-- USES: new_tasks
-- KEYS: prefix
-- ARGV: token, stop at the first refusal (1 or 0), executions kept, per task: id handler queue priority key trigger
--   flags (r repeats, o overlaps, i has input) input settings fire due buffered mode (R replace, K keep, F fail)
-- RETURNS: now, per task one of: N; R and numbers given; K and the definition; D duplicate; F full, its capacity and queue; B damaged
local known = answered(ARGV[1])
if known then return { out(now), known } end
local SIZE = 13
keep_history(ARGV[3], NEVER, NEVER)

local NEW = { 'N' }

local function save_new(id, D, fire, due_at, buffered, due_text)
  local Q = queue_of(D)
  if is_full(Q) then return full(Q) end
  D.m = not due_at and 1 or nil
  set_head(D, fire, due_at, buffered)
  add_new_task(id, D, due_text)
  return NEW
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

local ids, seen, replies = {}, {}, {}
for i = 4, #ARGV, SIZE do ids[#ids + 1] = ARGV[i] end
local rows = call('HMGET', P .. 't', unpack(ids))

local function save(i, row)
  local id, mode = ARGV[i], ARGV[i + 12]
  local D, fire, due_at, buffered = defined(i), num(ARGV[i + 9]), num(ARGV[i + 10]), num(ARGV[i + 11])
  if not row and not seen[id] then
    seen[id] = true
    return save_new(id, D, fire, due_at, buffered, ARGV[i + 10])
  end
  if seen[id] then write_new_tasks() end
  local T, damaged = task(id)
  if damaged then return { 'B' } end
  if not T then return save_new(id, D, fire, due_at, buffered, ARGV[i + 10]) end
  if mode == 'K' then return { 'K', definition(id, T) } end
  if mode == 'F' then return { 'D' } end
  return replace(id, T, D, fire, due_at, buffered)
end

for place = 1, #ids do
  local reply = save(4 + (place - 1) * SIZE, rows[place])
  replies[place] = reply
  if ARGV[2] == '1' and (reply[1] == 'D' or reply[1] == 'F') then break end
end
write_new_tasks()
settle_queues()
return { out(now), answer(ARGV[1], replies) }
