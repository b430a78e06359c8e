-- USES: lines way
-- Keys of their own: lists of tasks and executions, lines. Found by steps of SCAN, whatever else the server has.

local KEYS_STEP, MOST_LINES = 500, 1000

local function check_key(key)
  local kind, rest_of = string.match(key, '^(%a):(.*)$')
  if kind == 'w' or kind == 'k' then
    places.lines[key] = places.lines[key] or '0'
  elseif kind == 'h' or kind == 'a' then
    if call('HEXISTS', P .. 't', rest_of) == 0 then
      tell_once(key, '', '"' .. key .. '" is of no task; it was left as it is')
    end
  elseif kind == 'y' then
    local id = string.match(rest_of, '^(.*)#%d+$')
    if not id or call('HEXISTS', P .. 't', id) == 0 then
      tell_once(key, '', '"' .. key .. '" is of no task; it was left as it is')
    end
  end
end

local function walk_keys()
  local step = call('SCAN', places.keys or '0', 'COUNT', KEYS_STEP)
  places.keys = step[1] ~= '0' and step[1] or nil
  local lines = 0
  for _ in pairs(places.lines) do lines = lines + 1 end
  for _, key in ipairs(step[2]) do
    if lines < MOST_LINES and string.sub(key, 1, #P) == P and not make_way(key) then check_key(string.sub(key, #P + 1)) end
  end
end

-- only what is a cursor
local function cursors_of(kept)
  local found = {}
  for key, place in pairs(type(kept) == 'table' and kept or {}) do
    if type(place) == 'string' and string.find(place, '^%d+$') then found[key] = place end
  end
  return found
end

local function walk_all()
  local kept = call('HGET', P .. 'm', 'K')
  local before = unpacked(kept) or {}
  places = cursors_of(before)
  places.lines = cursors_of(before.lines)
  walk_tasks()
  walk('HSCAN', 'o', check_owner)
  walk('HSCAN', 'v', check_version)
  walk('ZSCAN', 'f', check_finished)
  walk('ZSCAN', 'z', check_ended)
  walk('SSCAN', 'x', check_to_end)
  walk('HSCAN', 'B', check_left)
  walk_keys()
  walk_lines()
  if not next(places.lines) then places.lines = nil end
  if next(places) then
    call('HSET', P .. 'm', 'K', cmsgpack.pack(places))
  elseif kept then
    call('HDEL', P .. 'm', 'K')
  end
end
