-- Gives up an owner's lock or its place in line; a lock that gets free is kept for the first in line, who is told. The
-- owner may say so again and gets the same answer, until another one releases the lock.
-- GUARANTEE: a lock of another owner stays as it is.
-- USES: lockline
-- KEYS: lock (hash)
-- ARGV: owner, how long a free lock is kept for the first in line (microseconds), prefix of the names of clients' channels
-- RETURNS: whether the owner had the lock (1 or 0)
local lock, owner = KEYS[1], ARGV[1]
local now = now_micros()
local fields = redis.call('HMGET', lock, 'owner', 'offered', 'until', 'released')
local is_owner, was_owner = fields[1] == owner, fields[4] == owner
local is_held = is_owner and number_of(lock, 'until', fields[3]) > now
leave_line(lock, owner)
if is_owner or fields[2] == owner then
  redis.call('HDEL', lock, 'offered', 'offerUntil')
  if is_owner then
    redis.call('HDEL', lock, 'owner', 'until')
  end
  if is_held then
    redis.call('HSET', lock, 'released', owner) -- for the same answer to the same call
  end
  local first = first_in_line(lock, now)
  if first then
    offer(lock, first, now + tonumber(ARGV[2]), ARGV[3])
  end
end
return {(is_held or was_owner) and 1 or 0}
