-- USES: claims
-- Rate limits: a bucket of as many tokens as runs, full at first, that fills evenly over the period.

-- Of a limit that is shared by partitions each has its part, which may be less than one run: then the bucket holds one.

-- what a double may be short of a whole token
local ALMOST = 0.999999999

local function filled(tokens, counted, runs, period)
  local most = math.max(1, runs)
  if not (tokens and counted) then return most end
  return math.min(most, tokens + math.max(0, now - counted) * runs / period)
end

local function when_full(tokens, wanted, runs, period)
  return now + math.ceil((wanted - tokens) * period / runs)
end

-- counts the tokens of a queue; gives how many runs may start
local function allowance(Q)
  if not Q.l then return NEVER end
  Q.g, Q.G = filled(Q.g, Q.G, Q.l, Q.L), now
  return math.floor(Q.g + 1 - ALMOST)
end

-- when the next run of a queue may start, -NEVER for at any time
local function next_token(Q)
  if not Q.l then return -NEVER end
  if Q.g >= ALMOST then return now end
  return when_full(Q.g, 1, Q.l, Q.L)
end

local function use_tokens(Q, runs)
  if Q.l then Q.g = Q.g - runs end
end

-- notes the name of a claim, if there is one; gives how many runs that is
local function take(Q, taken, name)
  if not name then return 0 end
  taken[#taken + 1] = name
  use_tokens(Q, 1)
  return 1
end

local function bucket(Q, key) return P .. 'u:' .. Q.path .. key end

-- the tokens of a key and when they were counted; nothing for a full bucket
local function kept_of_key(Q, key)
  local raw = call('GET', bucket(Q, key))
  local kept = unpacked(raw)
  if kept and type(kept[1]) == 'number' and type(kept[2]) == 'number' then return kept end
  if raw then set_aside(string.sub(bucket(Q, key), #P + 1), raw) end
  return {}
end

-- when the next run of a key may start
local function next_of_key(Q, key)
  if not Q.y then return now end
  local kept = kept_of_key(Q, key)
  local tokens = filled(kept[1], kept[2], Q.y, Q.Y)
  if tokens >= ALMOST then return now end
  return when_full(tokens, 1, Q.y, Q.Y)
end

-- remembered until it is full again
local function use_token_of_key(Q, key)
  if not Q.y then return end
  local kept = kept_of_key(Q, key)
  local tokens = filled(kept[1], kept[2], Q.y, Q.Y) - 1
  local millis = math.ceil((when_full(tokens, math.max(1, Q.y), Q.y, Q.Y) - now) / 1000) + 1
  call('SET', bucket(Q, key), cmsgpack.pack({ tokens, now }), 'PX', string.format('%.0f', millis))
end
