-- USES: walks
-- Lines from their side: whoever stands in one belongs there, and so in no other.

-- the parts of the name of a line, which begins w: or k:
local function parts_of(key)
  local length, rest_of = string.match(key, '^%a:(%d+):(.*)$')
  if not length then return nil end
  local Q, after = string.sub(rest_of, 1, length), string.sub(rest_of, length + 2)
  if string.sub(key, 1, 1) == 'w' then return Q, after, nil end
  length, rest_of = string.match(after, '^(%d+):(.*)$')
  if not length then return nil end
  return Q, string.sub(rest_of, 1, length), string.sub(rest_of, length + 2)
end

-- whoever stands in a line must belong there
local function check_place(key, name)
  local queue_name, A, of_key = parts_of(key)
  local id = id_of(name)
  local T, damaged = task(id)
  if damaged or not queue_name then return end
  local is_its = T and T.n and name == member(T, id) and queue_name == (T.q or 'default') and A == lane(T)
    and (not of_key or of_key == (T.k or ''))
  if is_its then return end
  local Q = queue(queue_name)
  Q.dirty[A] = true
  if of_key then leave_key(Q, A, of_key, name) else call('ZREM', P .. key, name) end
  if T then
    find('task "' .. id .. '" stood in line "' .. key .. '", where it does not belong; it was taken out of it')
  else
    set_aside(key, name, 'is of no task')
  end
end

-- some of each line that was found, so many tasks in all
local function walk_lines()
  local left = most_seen
  for key, place in pairs(places.lines) do
    if left <= 0 then return end
    local step = call('ZSCAN', P .. key, place, 'COUNT', left)
    for i = 1, #step[2], 2 do check_place(key, step[2][i]) end
    places.lines[key] = step[1] ~= '0' and step[1] or nil
    left = left - #step[2] / 2 - 1
  end
end
