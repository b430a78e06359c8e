-- Takes a lock for an owner, or says when it is worth asking again; the same owner may ask again and gets the same answer.
-- GUARANTEE: until a lease ends nobody else gets the lock; each owner's fence is above all fences before it, also where
-- this server has forgotten them, as long as its clock was not set back.
-- USES: lockline
-- KEYS: lock (hash)
-- ARGV: owner (client/number), lease (microseconds), how long the owner counts as waiting (microseconds, 0 for not at
--   all), how long a free lock is kept for the first in line (microseconds), prefix of the names of clients' channels
-- RETURNS: 1, the fence; or 0, microseconds until it is worth asking again
local lock, owner = KEYS[1], ARGV[1]
local lease, patience, grace = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local DAY_MILLIS = 86400000
local now = now_micros()
local fields = redis.call('HMGET', lock, 'owner', 'fence', 'until', 'offered', 'offerUntil')
local holder, fence = fields[1], number_of(lock, 'fence', fields[2])
local ends, offer_ends = number_of(lock, 'until', fields[3]), number_of(lock, 'offerUntil', fields[5])
local offered = fields[4]

local function wait(micros)
  if patience > 0 then
    redis.call('ZADD', lock .. ':line', 'NX', text(now), owner)
    redis.call('ZADD', lock .. ':seen', text(now + patience), owner)
    redis.call('PEXPIRE', lock .. ':line', math.ceil(patience / 500))
    redis.call('PEXPIRE', lock .. ':seen', math.ceil(patience / 500))
  end
  return {0, math.max(micros, 1)}
end

if holder and holder ~= owner and ends > now then
  return wait(ends - now)
end
if holder ~= owner then
  if offered and offered ~= owner then
    if offer_ends > now then
      return wait(offer_ends - now)
    end
    leave_line(lock, offered) -- did not come
  end
  local first = first_in_line(lock, now)
  if first and first ~= owner then
    redis.call('HDEL', lock, 'owner', 'until')
    offer(lock, first, now + grace, ARGV[5])
    redis.call('PEXPIRE', lock, DAY_MILLIS)
    return wait(grace)
  end
  fence = math.max(fence + 1, now)
end
redis.call('HSET', lock, 'owner', owner, 'fence', text(fence), 'until', text(now + lease))
redis.call('HDEL', lock, 'offered', 'offerUntil')
redis.call('PEXPIRE', lock, math.ceil(lease / 1000) + DAY_MILLIS)
leave_line(lock, owner)
return {1, fence}
