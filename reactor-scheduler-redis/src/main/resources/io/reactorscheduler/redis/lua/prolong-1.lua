-- Makes the lease of a lock's owner last longer, from now on.
-- GUARANTEE: a lease that has ended or belongs to another owner stays as it is.
-- USES: lockline
-- KEYS: lock (hash)
-- ARGV: owner, lease (microseconds)
-- RETURNS: whether it lasts longer (1, or 0 where the owner has lost the lock)
local lock, lease = KEYS[1], tonumber(ARGV[2])
local DAY_MILLIS = 86400000
local now = now_micros()
local fields = redis.call('HMGET', lock, 'owner', 'until')
if fields[1] ~= ARGV[1] or number_of(lock, 'until', fields[2]) <= now then
  return {0}
end
redis.call('HSET', lock, 'until', text(now + lease))
redis.call('PEXPIRE', lock, math.ceil(lease / 1000) + DAY_MILLIS)
return {1}
