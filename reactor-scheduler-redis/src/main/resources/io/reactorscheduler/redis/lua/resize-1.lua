-- Changes how many runs of a queue a node may have at once.
-- USES: answers
-- KEYS: prefix
-- ARGV: name, concurrency, token
-- RETURNS: now, the settings it has, its concurrency, whether it is paused; or now (where it was not declared)
local known = answered(ARGV[3])
if known then return { out(now), known[1], known[2], known[3] } end
local hash = P .. 'Q:' .. ARGV[1]
local kept = call('HMGET', hash, 'D', 'C', 'n', 'p')
if not kept[1] then return { out(now) } end
call('HSET', hash, 'n', ARGV[2])
-- also where it is as it was: a node may have heard of a change that a replica that took over has not
tell('Q', 0, ARGV[1])
answer(ARGV[3], { kept[2], ARGV[2], kept[4] or '' })
return { out(now), kept[2], ARGV[2], kept[4] or '' }
