-- USES: task
-- A queue is the hash Q: with its limits and counters, loaded when it is needed and written once, by settle_queues.
-- u unfinished tasks and asked executions that wait, r claimed executions, w tasks in lines of keys, o until when nodes sleep, b before when the rate
-- lets nothing start, g tokens and G when they were counted, T turns given; c capacity, p paused, l rate and L its period,
-- k runs of a key, y and Y rate of a key and its period.

local FIELDS = { 'u', 'r', 'w', 'o', 'b', 'g', 'G', 'T', 'c', 'p', 'l', 'L', 'k', 'y', 'Y' }
local COUNTERS = { 'u', 'r', 'w', 'o', 'b', 'g', 'G', 'T' }
local queues = {}
local states = {}

local function queue(name)
  local Q = queues[name]
  if Q then return Q end
  local row = call('HMGET', P .. 'Q:' .. name, unpack(FIELDS))
  Q = { name = name, lanes = P .. 'l:' .. name, news = NEVER, dirty = {}, was = {}, new = not row[1] }
  for i, field in ipairs(FIELDS) do
    Q[field] = tonumber(row[i] or nil)
    if row[i] and not Q[field] then copy_field('Q:' .. name, field, row[i]) end
  end
  -- of a limit and its period, or of tokens and when they were counted, one is nothing without the other
  Q.l, Q.y, Q.g = Q.L and Q.l, Q.Y and Q.y, Q.G and Q.g
  Q.u, Q.r, Q.w, Q.T = Q.u or 0, Q.r or 0, Q.w or 0, Q.T or 0
  Q.o, Q.b = Q.o or -NEVER, Q.b or -NEVER
  for _, field in ipairs(COUNTERS) do Q.was[field] = Q[field] end
  Q.path = #name .. ':' .. name .. ':'
  Q.keyed = Q.k ~= nil or Q.y ~= nil
  queues[name] = Q
  return Q
end

local function queue_of(T) return queue(T.q or 'default') end

local CAPACITY = 100000000

local function is_full(Q) return Q.u >= (Q.c or CAPACITY) end

local function full(Q) return { 'F', out(Q.c or CAPACITY), Q.name } end

local function is_over(state) return state == 'C' or state == 'F' or state == 'X' or state == 'Q' end

-- gives a task a state and counts it; nil before it is there, and after
local function count_state(T, before, after)
  if before == after then return end
  if before then states[before] = (states[before] or 0) - 1 end
  if after then states[after] = (states[after] or 0) + 1 end
  local Q = queue_of(T)
  if before and not is_over(before) then Q.u = Q.u - 1 end
  if after and not is_over(after) then Q.u = Q.u + 1 end
end

local function set_state(T, state)
  count_state(T, T.s or 'P', state)
  T.s = state ~= 'P' and state or nil
end

local lanes_known = {}

-- the part of a queue that tasks of one priority and handler wait in
local function lane(T)
  local of_handler = lanes_known[T.h] or {}
  lanes_known[T.h] = of_handler
  local priority = T.p or 0
  of_handler[priority] = of_handler[priority] or string.format('%d', priority) .. ':' .. T.h
  return of_handler[priority]
end

local function line(Q, A) return P .. 'w:' .. Q.path .. A end
