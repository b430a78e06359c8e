-- Claims due work for the free slots of a node, of each queue by priority, due time and arrival, within its limits.
-- A task is claimed by one call only; each claim has a larger fence than any before.
-- USES: claim_lanes claim_turns unheard
-- KEYS: prefix
-- ARGV: token, tokens of calls that were never answered (with spaces), node, lease micros, the most claims, queues, per
--   queue: name free, handlers...
-- RETURNS: now, per queue when there may be more or nothing, claims in one list (of 17 parts each; of first runs number
--   of a shape, id, due, fence, input), how many per queue, shapes (handler priority key trigger input settings)
local most, queues_asked = tonumber(ARGV[5]), tonumber(ARGV[6])
local asked = { node = ARGV[3], lease = tonumber(ARGV[4]), claims = {}, shapes = {}, steps = 2000 }
local known, nexts, counts, names = {}, {}, {}, {}
local before_now = answered(ARGV[1])
for unheard in string.gmatch(ARGV[2], '%S+') do give_back(unheard) end
for i = 7 + 2 * queues_asked, #ARGV do known[ARGV[i]] = true end

for i = 1, queues_asked do
  local Q = queue(ARGV[5 + 2 * i])
  local next_due, claimed_here = NEVER, 0
  names[i] = {}
  if before_now then
    claimed_here = claim_again(before_now[i] or {}, asked.claims)
  elseif Q.p ~= 1 then
    for A in pairs(Q.dirty) do settle_lane(Q, A) end
    if not Q.keyed and Q.w > 0 then leave_turns(Q, asked.steps) end
    local free = math.min(tonumber(ARGV[6 + 2 * i]), most, allowance(Q))
    for _, lanes in ipairs(lanes_by_priority(Q, known)) do
      if free > 0 then free = (Q.keyed and claim_turns or claim_lanes)(asked, Q, lanes, free, names[i]) end
    end
    claimed_here = #names[i]
  end
  if Q.p ~= 1 then next_due = report(Q, known) end
  counts[i] = out(claimed_here)
  most = most - claimed_here
  nexts[i] = next_due ~= NEVER and out(next_due) or ''
end
if #asked.claims > 0 and not before_now then answer(ARGV[1], names, 10) end
settle_queues()
return { out(now), nexts, asked.claims, counts, asked.shapes }
