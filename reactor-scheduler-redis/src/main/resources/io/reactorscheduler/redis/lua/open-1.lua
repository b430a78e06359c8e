-- Makes a namespace, or tells how it was made. One that the caller is not to use is left as it is.
-- USES: base
-- KEYS: prefix
-- ARGV: format, partitions, journal entries kept, first format that the caller reads, last one
-- RETURNS: now, format of the namespace, its partitions, when it was made
local made = call('HMGET', P .. 'm', 'F', 'p')
if not made[1] and not made[2] then
  call('HSET', P .. 'm', 'F', ARGV[1], 'p', ARGV[2])
  made = { ARGV[1], ARGV[2] }
end
local format = tonumber(made[1] and string.match(made[1], '^%d+$'))
local is_read = format and format >= tonumber(ARGV[4]) and format <= tonumber(ARGV[5])
if is_read and tonumber(made[2]) == tonumber(ARGV[2]) then
  call('HSETNX', P .. 'm', 'G', out(now))
  call('HSET', P .. 'm', 'J', ARGV[3])
end
return { out(now), made[1], made[2], call('HGET', P .. 'm', 'G') }
