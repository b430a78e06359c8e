-- Part of the scripts of locks: the server's time, and whose turn it is.
-- A lock is a hash with the fields owner, fence, until, offered, offerUntil (times in epoch microseconds), and
-- released, the owner who released it last. Beside it are
-- :line, a zset of waiting owners by their arrival, and :seen, a zset of them by the time at which they count as gone.

local function now_micros()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- numbers of this size would be written with an exponent
local function text(micros)
  return string.format('%.0f', micros)
end

-- a field that is a number; the call is refused where it is none, because nobody can say then whether the lock is free
local function number_of(lock, field, value)
  if value and not tonumber(value) then
    error({ err = 'ERR field "' .. field .. '" of the lock cannot be read: something else wrote it; it was left as it is, and DEL '
      .. lock .. ' frees the lock' })
  end
  return tonumber(value or '0')
end

local function leave_line(lock, owner)
  redis.call('ZREM', lock .. ':line', owner)
  redis.call('ZREM', lock .. ':seen', owner)
end

-- The owner who waits longest of those who are not gone, or nil; at most 100 who are gone are taken out.
local function first_in_line(lock, now)
  for _, gone in ipairs(redis.call('ZRANGE', lock .. ':seen', '-inf', text(now), 'BYSCORE', 'LIMIT', 0, 100)) do
    leave_line(lock, gone)
  end
  return redis.call('ZRANGE', lock .. ':line', 0, 0)[1]
end

-- Keeps a free lock for one who waits, for a moment, and tells the client of that owner.
local function offer(lock, owner, until_micros, channels)
  redis.call('HSET', lock, 'offered', owner, 'offerUntil', text(until_micros))
  redis.call('PUBLISH', channels .. string.match(owner, '^[^/]*'), owner)
end
