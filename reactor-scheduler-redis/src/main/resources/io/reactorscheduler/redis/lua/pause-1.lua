-- Pauses a queue or lets it go on.
-- USES: limits answers
-- KEYS: prefix
-- ARGV: name, paused (1 or empty), token
-- RETURNS: now, the settings it has, its concurrency, whether it is paused; or now (where it was not declared)
local known = answered(ARGV[3])
if known then return { out(now), known[1], known[2], known[3] } end
local kept = call('HMGET', P .. 'Q:' .. ARGV[1], 'D', 'C', 'n')
if not kept[1] then return { out(now) } end
local Q = queue(ARGV[1])
if (Q.p == 1) ~= (ARGV[2] == '1') then
  set_queue(Q, kept[2], { ARGV[2], Q.c, Q.l, Q.L, Q.k, Q.y, Q.Y })
  settle_queues()
else
  -- a node may have heard of a change that a replica that took over has not
  tell('Q', 0, ARGV[1])
end
answer(ARGV[3], { kept[2], kept[3], ARGV[2] })
return { out(now), kept[2], kept[3], ARGV[2] }
