-- Pauses a queue or lets it go on.
-- USES: limits
-- KEYS: prefix
-- ARGV: name, paused (1 or empty)
-- RETURNS: now, the settings it has or nothing, whether it is paused, whether it is known
if call('SISMEMBER', P .. 'q', ARGV[1]) == 0 then return { out(now), '', '', 'U' } end
local Q = queue(ARGV[1])
local text = call('HGET', P .. 'Q:' .. Q.name, 'C') or ''
if (Q.p == 1) ~= (ARGV[2] == '1') then
  set_queue(Q, text, { ARGV[2], Q.c, Q.l, Q.L, Q.k, Q.y, Q.Y })
  settle_queues()
end
return { out(now), text, ARGV[2], 'K' }
