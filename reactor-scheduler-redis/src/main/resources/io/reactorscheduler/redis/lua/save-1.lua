-- Saves tasks in their order and indexes their heads: each is new, replaces, is kept, or is refused.
-- What it answers is kept for a minute under the token of the call, for a caller that asks again.
-- USES: new_tasks
-- KEYS: prefix
-- ARGV: token, stop at the first refusal (1 or 0), executions kept, how many shapes, per shape what its tasks have in
--   common: handler queue priority key trigger settings flags (r repeats, o overlaps; what its tasks have: d due, f a
--   fire that is not due, b buffered, i input) mode (R replace, K keep, F fail), per task: id, number of its shape, then
--   what its flags say: due fire buffered input
-- RETURNS: now, answers (per task N, or one of: R and numbers given; K and the definition; D duplicate; F full, its
--   capacity and queue; B damaged)
local known = answered(ARGV[1])
if known then return { out(now), known } end
keep_history(ARGV[3], NEVER, NEVER)

local function save_new(id, shape, due_text)
  prepare(shape)
  if is_full(shape.Q) then return full(shape.Q) end
  add_new_task(shape, id, due_text)
  return 'N'
end

local function replace(id, T, D)
  local was_over = is_over(T.s)
  local to = queue_of(D)
  if (was_over or T.q ~= D.q) and is_full(to) then return full(to) end
  local keeps = not was_over and (T.d or T.H) and D.r and T.t == D.t
  displace(id, T)
  if not keeps then cancel_waiting(id, T, REPLACED, false) end
  -- who passed the head on already must not do so again, now that runs do not overlap any more
  if keeps and T.o and not D.o then
    for number, E in pairs(T.e or {}) do
      if number ~= T.H then E.g = 1 end
    end
  end
  redefine(id, T, D)
  if not keeps then
    unhalt(T)
    T.u, T.m = nil, D.m
    new_head(T, D.f or D.d, D.d, D.b)
    for _, E in pairs(T.e or {}) do E.z = 1 end
  end
  settle(id, T, nil)
  keep(id, T)
  note('S', id)
  return { 'R', out(T.N or 0) }
end

local shapes, places, ids, seen, replies = {}, {}, {}, {}, {}
local i = 5 + tonumber(ARGV[4]) * SHAPE_SIZE
for number = 1, tonumber(ARGV[4]) do shapes[tostring(number)] = shape_at(5 + (number - 1) * SHAPE_SIZE) end
while i <= #ARGV do
  places[#places + 1], ids[#ids + 1] = i, ARGV[i]
  i = i + shapes[ARGV[i + 1]].size
end
local rows = call('HMGET', P .. 't', unpack(ids))

local function save(id, shape, row, due_text)
  if not row and not seen[id] then
    seen[id] = true
    return save_new(id, shape, due_text)
  end
  if seen[id] then write_new_tasks() end
  local T, damaged = task(id)
  if damaged then return { 'B' } end
  if not T then return save_new(id, shape, due_text) end
  if shape.mode == 'K' then return { 'K', definition(id, T) } end
  if shape.mode == 'F' then return { 'D' } end
  return replace(id, T, shape.D)
end

for place, id in ipairs(ids) do
  local shape = shapes[ARGV[places[place] + 1]]
  local reply = save(id, shape, rows[place], complete_definition(shape, places[place]))
  replies[place] = reply
  if ARGV[2] == '1' and reply ~= 'N' and (reply[1] == 'D' or reply[1] == 'F') then break end
end
write_new_tasks()
settle_queues()
return { out(now), answer(ARGV[1], replies) }
