-- Makes a queue known. Declared as it was before it keeps what was changed since; declared otherwise it takes the new
-- settings. Whether it is paused stays, except when it is new.
-- USES: limits
-- KEYS: prefix
-- ARGV: name, settings, paused (1 or empty), capacity, rate, period, runs of a key, rate of a key, its period
-- RETURNS: now, the settings it has, whether it is paused
local Q = queue(ARGV[1])
local kept = call('HMGET', P .. 'Q:' .. Q.name, 'D', 'C', 'p')
if kept[1] == ARGV[2] then return { out(now), kept[2], kept[3] or '' } end
local paused = ARGV[3]
if kept[1] then paused = kept[3] or '' end
call('HSET', P .. 'Q:' .. Q.name, 'D', ARGV[2])
set_queue(Q, ARGV[2], { paused, ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9] })
settle_queues()
return { out(now), ARGV[2], paused }
