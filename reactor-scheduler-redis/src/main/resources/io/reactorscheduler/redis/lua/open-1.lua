-- Makes a namespace, or tells how it was made.
-- USES: base
-- KEYS: prefix
-- ARGV: format, partitions, journal entries kept
-- RETURNS: now, format of the namespace, its partitions, when it was made
local made = call('HMGET', P .. 'm', 'F', 'p')
if not made[1] then
  call('HSET', P .. 'm', 'F', ARGV[1], 'p', ARGV[2])
  made = { ARGV[1], ARGV[2] }
end
call('HSETNX', P .. 'm', 'G', out(now))
call('HSET', P .. 'm', 'J', ARGV[3])
return { out(now), made[1], made[2], call('HGET', P .. 'm', 'G') }
