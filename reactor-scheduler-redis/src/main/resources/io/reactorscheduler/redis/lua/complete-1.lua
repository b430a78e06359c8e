-- Records the ends of claims with the next heads of their timelines; a claim that is not the last of its execution
-- changes nothing. An end that was recorded before is answered as recorded again.
-- USES: ends first_ends
-- KEYS: prefix
-- ARGV: executions kept per task, age micros, executions kept in all, per end: id number fence kind (C completed,
--   F failed, T retry, X cancelled, S skipped, P released) started ended result-flag result attempt retry-at fire buffered
--   next (U unchanged, or fire) next-due next-buffered reason error-flag type message trace skips, per skip: from count
--   reason; of kind c (completed at the first attempt, no next) nothing after the result
-- RETURNS: now, per end the state of its task or empty where stale, results of deleted executions
keep_history(ARGV[1], ARGV[2], ARGV[3])

-- the end at an index of ARGV
local function end_at(i)
  local each = {
    id = ARGV[i], number = tonumber(ARGV[i + 1]), fence = tonumber(ARGV[i + 2]), kind = ARGV[i + 3],
    started = num(ARGV[i + 4]), ended = num(ARGV[i + 5]), result = ARGV[i + 6] == '1' and ARGV[i + 7] or nil,
    attempt = 1, next = {}, skips = 0, skipped = 0,
  }
  if each.kind == 'c' then
    each.kind = 'C'
    return each
  end
  each.attempt, each.retry_at = tonumber(ARGV[i + 8]), num(ARGV[i + 9])
  each.fire, each.buffered = num(ARGV[i + 10]), num(ARGV[i + 11])
  each.next = ARGV[i + 12] ~= 'U' and { num(ARGV[i + 12]), num(ARGV[i + 13]), num(ARGV[i + 14]) } or nil
  each.reason = some(ARGV[i + 15])
  each.error = ARGV[i + 16] == '1' and { ARGV[i + 17], ARGV[i + 18], ARGV[i + 19] } or nil
  each.skips, each.skipped = i + 21, tonumber(ARGV[i + 20])
  return each
end

-- where the ends begin in ARGV
local ends, i, budget = {}, 4, 8
while i <= #ARGV do
  ends[#ends + 1] = i
  local skipped = ARGV[i + 3] ~= 'c' and tonumber(ARGV[i + 20]) or 0
  i = i + (ARGV[i + 3] == 'c' and 8 or 21 + 3 * skipped)
  budget = budget + 2 + 2 * skipped
end
local replies = record_first_ends(ends)
for place, at_index in ipairs(ends) do replies[place] = replies[place] or complete(end_at(at_index)) end
trim_rows(budget)
trim_ended(8)
settle_queues()
return { out(now), replies, dropped_results() }
