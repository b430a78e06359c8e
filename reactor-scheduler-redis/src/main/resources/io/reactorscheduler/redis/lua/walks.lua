-- USES: check
-- Looks at some of what there is of each kind, and goes on from there with the next sweep: the field K of m has the places.
-- What is in an index and stands for nothing is taken out of it; data of no task are left, and told once.

local most_seen = tonumber(ARGV[6])
local places = {}

-- one step of HSCAN, SSCAN or ZSCAN of a key; calls back with each element and its value, in a set with the next element
local function walk(command, key, each)
  local step = call(command, P .. key, places[key] or '0', 'COUNT', most_seen)
  places[key] = step[1] ~= '0' and step[1] or nil
  local apart = command == 'SSCAN' and 1 or 2
  for i = 1, #step[2], apart do each(step[2][i], step[2][i + 1]) end
end

local function walk_tasks()
  local are_aside = call('EXISTS', P .. 'B') == 1
  walk('HSCAN', 't', function(id, row)
    local T = task_of(id, row)
    if not T then return leave_field('t', id) end
    if are_aside then call('HDEL', P .. 'B', 't:' .. id) end
    check(id, T)
  end)
end

-- the claim of a first run, whose row says that there may be one
local function check_owner(id, claim)
  local T, damaged = task(id)
  if damaged or owned[id] then return end
  call('HDEL', P .. 'o', id)
  set_aside('o', id .. '=' .. claim, T and 'is of a task that it does not run' or 'is of no task')
end

local function check_version(field)
  local version, id = string.match(field, '^(%d+):(.*)$')
  if not id then return leave_field('v', field) end
  local T, damaged = task(id)
  if damaged or T and T.w and T.w[tonumber(version)] then return end
  tell_once('v:' .. field, '', 'definition "' .. field .. '" is of ' .. (T and 'no execution' or 'no task')
    .. '; it was left as it is')
end

local function check_finished(name)
  local id = string.match(name, '^[^:]*:[^:]*:(.+)$')
  if id and call('HEXISTS', P .. 't', id) == 1 then return end
  call('ZREM', P .. 'f', name)
  set_aside('f', name, id and 'is of no task' or nil)
end

local function check_ended(id)
  local T, damaged = task(id)
  if damaged or T and T.g then return end
  call('ZREM', P .. 'z', id)
  set_aside('z', id, T and 'is of a task that has not ended so' or 'is of no task')
end

local function check_to_end(name)
  if call('ZSCORE', P .. 'e', name) then return end
  call('SREM', P .. 'x', name)
  set_aside('x', name, 'is of no lease')
end

-- forgets what was left where it was and is there no more
local function check_left(place, raw)
  if raw ~= '' then return end
  local hash, field = string.match(place, '^([tov]):(.*)$')
  local key = string.gsub(place, ' ' .. string.rep('%x', 40) .. '$', '')
  local is_there = hash and call('HEXISTS', P .. hash, field) or not hash and call('EXISTS', P .. key)
  if is_there == 0 then call('HDEL', P .. 'B', place) end
end
