-- Makes a queue known. Declared as it was before it keeps what was changed since; declared otherwise it takes the new
-- settings. Whether it is paused stays, except when it is new.
-- USES: limits answers
-- KEYS: prefix
-- ARGV: name, settings, concurrency, paused (1 or empty), capacity, rate, period, runs of a key, rate of a key, its period,
--   token
-- RETURNS: now, the settings it has, its concurrency, whether it is paused
local known = answered(ARGV[11])
if known then return { out(now), known[1], known[2], known[3] } end
local Q = queue(ARGV[1])
local hash = P .. 'Q:' .. Q.name
local kept = call('HMGET', hash, 'D', 'C', 'n', 'p')
local declared = ARGV[3] .. ' ' .. ARGV[2]
if kept[1] == declared then
  answer(ARGV[11], { kept[2], kept[3], kept[4] or '' })
  return { out(now), kept[2], kept[3], kept[4] or '' }
end
local paused = ARGV[4]
if kept[1] then paused = kept[4] or '' end
call('HSET', hash, 'D', declared, 'n', ARGV[3])
set_queue(Q, ARGV[2], { paused, ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10] })
settle_queues()
answer(ARGV[11], { ARGV[2], ARGV[3], paused })
return { out(now), ARGV[2], ARGV[3], paused }
