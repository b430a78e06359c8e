-- Records the ends of claims with the next heads of their timelines; a claim that is not the last of its execution
-- changes nothing. An end that was recorded before is answered as recorded again.
-- USES: ends first_ends
-- KEYS: prefix
-- ARGV: executions kept per task, age micros, executions kept in all, per end: kind (C completed, F failed, T retry,
--   X cancelled, S skipped, P released; c and r: completed first run, at the first attempt, no next) id fence, then
--   of kind c: started:ended
--   of kind r: started:ended result
--   else: number started ended result-flag result attempt retry-at fire buffered next (U unchanged, or fire) next-due
--     next-buffered reason error-flag type message trace skips, per skip: from count reason
-- RETURNS: now, states of the tasks (per end, empty where stale), results of deleted executions
keep_history(ARGV[1], ARGV[2], ARGV[3])

local function first_end(i)
  local started, ended_at = string.match(ARGV[i + 3], '^(%d+):(%d+)$')
  return {
    id = ARGV[i + 1], number = 1, fence = tonumber(ARGV[i + 2]), kind = 'C', started = num(started), ended = num(ended_at),
    result = ARGV[i] == 'r' and ARGV[i + 4] or nil, attempt = 1, next = {}, skips = 0, skipped = 0,
  }
end

-- the end at an index of ARGV
local function end_at(i)
  if ARGV[i] == 'c' or ARGV[i] == 'r' then return first_end(i) end
  return {
    kind = ARGV[i], id = ARGV[i + 1], fence = tonumber(ARGV[i + 2]), number = tonumber(ARGV[i + 3]),
    started = num(ARGV[i + 4]), ended = num(ARGV[i + 5]), result = ARGV[i + 6] == '1' and ARGV[i + 7] or nil,
    attempt = tonumber(ARGV[i + 8]), retry_at = num(ARGV[i + 9]), fire = num(ARGV[i + 10]), buffered = num(ARGV[i + 11]),
    next = ARGV[i + 12] ~= 'U' and { num(ARGV[i + 12]), num(ARGV[i + 13]), num(ARGV[i + 14]) } or nil,
    reason = some(ARGV[i + 15]), error = ARGV[i + 16] == '1' and { ARGV[i + 17], ARGV[i + 18], ARGV[i + 19] } or nil,
    skips = i + 21, skipped = tonumber(ARGV[i + 20]),
  }
end

-- where the ends begin in ARGV
local ends, i, budget = {}, 4, 8
while i <= #ARGV do
  ends[#ends + 1] = i
  budget = budget + 2
  if ARGV[i] == 'c' then
    i = i + 4
  elseif ARGV[i] == 'r' then
    i = i + 5
  else
    local skipped = tonumber(ARGV[i + 20])
    i = i + 21 + 3 * skipped
    budget = budget + 2 * skipped
  end
end
local replies = record_first_ends(ends)
for place, at_index in ipairs(ends) do replies[place] = replies[place] or complete(end_at(at_index)) end
trim_rows(budget)
trim_ended(8)
settle_queues()
return { out(now), replies, dropped_results() }
