-- Changes the settings of a queue that are no limits of the store, if they are still those the caller saw.
-- USES: limits
-- KEYS: prefix
-- ARGV: name, settings as seen, settings to be
-- RETURNS: now, the settings it has, whether it is paused, C where it was changed and S where they were others
local Q = queue(ARGV[1])
local kept = call('HGET', P .. 'Q:' .. Q.name, 'C') or ''
local paused = Q.p == 1 and '1' or ''
if kept ~= ARGV[2] then return { out(now), kept, paused, 'S' } end
if ARGV[2] ~= ARGV[3] then
  call('HSET', P .. 'Q:' .. Q.name, 'C', ARGV[3])
  tell('Q', 0, Q.name)
end
return { out(now), ARGV[3], paused, 'C' }
