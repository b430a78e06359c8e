-- USES: queue
-- Lines of keys, in queues with limits per key: a due task goes from the line w of its lane to the line k of its key.
-- A key with due tasks is in the round r of the lane, by its turn, or rests in s until its token; one that is parked
-- until a run of it ends rests for ever, and its lane is in b.

local function key_line(Q, A, key) return P .. 'k:' .. Q.path .. #A .. ':' .. A .. ':' .. key end
local function round(Q, A) return P .. 'r:' .. Q.path .. A end
local function rest(Q, A) return P .. 's:' .. Q.path .. A end
local function parked(Q, key) return P .. 'b:' .. Q.path .. key end

local function enter(Q, A, key)
  Q.T = Q.T + 1
  call('ZADD', round(Q, A), Q.T, key)
end

-- a task that became due joins the line of its key; tasks without key are one line without limits
local function join_key(Q, A, key, due, member)
  if call('ZADD', key_line(Q, A, key), due, member) == 1 then
    Q.w = Q.w + 1
    if call('ZSCORE', round(Q, A), key) or call('ZSCORE', rest(Q, A), key) then return end
    enter(Q, A, key)
  end
end

-- a task leaves the line of its key, if it is there
local function leave_key(Q, A, key, member)
  local its = key_line(Q, A, key)
  if call('ZREM', its, member) == 0 then return end
  Q.w = Q.w - 1
  if call('EXISTS', its) == 0 then
    call('ZREM', round(Q, A), key)
    if call('ZREM', rest(Q, A), key) == 1 then call('SREM', parked(Q, key), A) end
  end
end

local function park(Q, A, key)
  call('ZREM', round(Q, A), key)
  call('ZADD', rest(Q, A), NEVER, key)
  call('SADD', parked(Q, key), A)
end

-- a run of a key starts, or ends: then the lanes that waited for it take their turns again
local function hold_key(Q, key) count_on('n:' .. Q.name, key, 1) end

local function free_key(Q, key)
  if count_on('n:' .. Q.name, key, -1) <= 0 then call('HDEL', P .. 'n:' .. Q.name, key) end
  local waiting = call('SMEMBERS', parked(Q, key))
  if #waiting == 0 then return end
  call('DEL', parked(Q, key))
  for _, A in ipairs(waiting) do
    call('ZREM', rest(Q, A), key)
    local first = call('ZRANGE', key_line(Q, A, key), 0, 0, 'WITHSCORES')
    if first[2] then
      enter(Q, A, key)
      Q.news = math.min(Q.news, tonumber(first[2]))
      Q.dirty[A] = true
    end
  end
end
