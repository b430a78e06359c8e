-- Claims due work for the free slots of a node, of each queue by priority, due time and arrival, within its limits.
-- A task is claimed by one call only; each claim has a larger fence than any before.
-- USES: poll_turns unheard
-- KEYS: prefix
-- ARGV: token, tokens of calls that were never answered (with spaces), node, lease micros, the most claims, queues,
--   per queue: name free; handlers...
-- RETURNS: now, per queue when there may be more or nothing, claims of 17 parts each in one list, how many per queue
local token, node, lease, most, asked = ARGV[1], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local known, claims, nexts, counts, names = {}, {}, {}, {}, {}
local before_now = answered(token)
for unheard in string.gmatch(ARGV[2], '%S+') do give_back(unheard) end
for i = 7 + 2 * asked, #ARGV do known[ARGV[i]] = true end
local steps = 2000

local function claim_lanes(Q, lanes, free, taken)
  while free > 0 do
    local found = first_due(Q, lanes, math.min(free, MOST_ROWS))
    if #found == 0 then break end
    rows_of(Q, found)
    for _, each in ipairs(found) do
      if each.task then
        call('ZREM', line(Q, each.lane), each.name)
        Q.dirty[each.lane] = true
        free = free - take(Q, taken, claim(each.id, each.task, node, lease, claims))
        -- it is in line again and may come before those that were found
        if each.task.n then break end
      end
    end
  end
  return free
end

local function claim_turns(Q, lanes, free, taken)
  for _, A in ipairs(lanes) do
    while steps > 0 do
      local joined = join_due(Q, A, steps)
      if joined == 0 then break end
      steps = steps - joined
    end
  end
  while free > 0 and steps > 0 do
    local A, key = next_turn(Q, lanes)
    if not A then break end
    Q.dirty[A] = true
    steps = steps - 1
    if may_start(Q, A, key) then
      local name = call('ZRANGE', key_line(Q, A, key), 0, 0)[1]
      local id = id_of(name)
      enter(Q, A, key)
      leave_key(Q, A, key, name)
      local T = task(id)
      if T then
        local took = take(Q, taken, claim(id, T, node, lease, claims))
        if took == 1 and key ~= '' then use_token_of_key(Q, key) end
        free = free - took
        if T.n then join_due(Q, A, 1) end
      else
        call('SADD', P .. 'D', id)
      end
    end
  end
  return free
end

for i = 1, asked do
  local Q = queue(ARGV[5 + 2 * i])
  local next_due, before = NEVER, #claims
  names[i] = {}
  if before_now then
    claim_again(before_now[i] or {}, claims)
  elseif Q.p ~= 1 then
    for A in pairs(Q.dirty) do settle_lane(Q, A) end
    if not Q.keyed and Q.w > 0 then leave_turns(Q, steps) end
    local free = math.min(tonumber(ARGV[6 + 2 * i]), most, allowance(Q))
    for _, lanes in ipairs(lanes_by_priority(Q, known)) do
      if free > 0 then free = (Q.keyed and claim_turns or claim_lanes)(Q, lanes, free, names[i]) end
    end
  end
  if Q.p ~= 1 then next_due = report(Q, known) end
  counts[i] = out((#claims - before) / 17)
  most = most - (#claims - before) / 17
  nexts[i] = next_due ~= NEVER and out(next_due) or ''
end
if #claims > 0 and not before_now then answer(token, names, 10) end
settle_queues()
return { out(now), nexts, claims, counts }
