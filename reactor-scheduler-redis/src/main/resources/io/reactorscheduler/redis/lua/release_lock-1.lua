-- Gives up an owner's lock or its place in line; a lock that gets free is kept for the first in line, who is told.
-- GUARANTEE: a lock of another owner stays as it is.
-- USES: lock_line
-- KEYS[1]: lock (hash)
-- ARGV[1]: owner
-- ARGV[2]: grace (microseconds): how long a free lock is kept for the first in line
-- ARGV[3]: channels, the prefix of the names of the clients' channels
-- RETURNS: 1 where the owner had the lock, else 0
local lock, owner = KEYS[1], ARGV[1]
local now = now_micros()
local fields = redis.call('HMGET', lock, 'owner', 'offered', 'until')
local held = fields[1] == owner
leave_line(lock, owner)
if held or fields[2] == owner then
  redis.call('HDEL', lock, 'offered', 'offerUntil')
  if held then
    redis.call('HDEL', lock, 'owner', 'until')
  end
  local first = first_in_line(lock, now)
  if first then
    offer(lock, first, now + tonumber(ARGV[2]), ARGV[3])
  end
end
return {held and tonumber(fields[3]) > now and 1 or 0}
