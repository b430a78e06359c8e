-- USES: history
-- Retention: deletes what is too old or too much, so many rows at most.

-- the names of rows to delete: of those too many first, else of those too old
local function rows_to_trim(most)
  local over = call('ZCARD', P .. 'f') - total
  if over > 0 then return call('ZRANGE', P .. 'f', 0, math.min(over, most) - 1) end
  if oldest == -NEVER then return {} end
  return call('ZRANGEBYSCORE', P .. 'f', '-inf', '(' .. out(oldest), 'LIMIT', 0, most)
end

local function trim_row(id, T, name)
  local R, passed = pop_named(id, T, name)
  if R then drop_row(id, T, R, name) end
  -- one that ended without a row has its place in z
  if is_disposable(T) and not T.g and not has_rows(id, T) then
    delete_task(id, T)
  elseif (R or passed > 0) and (T.w or T.N == 1) then
    keep(id, T)
  end
end

-- how the rows of tasks begin in MessagePack
local IS_MAP = { [222] = true }
for byte = 128, 143 do IS_MAP[byte] = true end

-- whether a row begins with a short end of a first run, that of a name, with which its task goes, too; and the result of that
local function ended_first_at(raw, name)
  local length, fence, node_length, names = string.match(raw or '', '^\217(.)C%d+:%d+:(%d+):(%d+):()')
  if not length or string.sub(name, 1, #fence + 3) ~= fence .. ':1:' then return false, nil end
  local last, at_result = 2 + string.byte(length), names + node_length + 1
  if not IS_MAP[string.byte(raw, last + 1)] then return false, nil end
  local has_result = at_result <= last and string.sub(raw, at_result, at_result) == 'r'
  return true, has_result and string.sub(raw, at_result + 1, last) or nil
end

local function trim_rows(most)
  local names = rows_to_trim(math.min(most, 1000))
  if #names == 0 then return end
  -- they are the first of all
  call('ZREMRANGEBYRANK', P .. 'f', 0, #names - 1)
  local ids, seen, gone = {}, {}, {}
  for i, name in ipairs(names) do
    ids[i] = string.match(name, '^[^:]*:[^:]*:(.*)$') or ''
    if ids[i] == '' then set_aside('f', name) end
  end
  local rows = call('HMGET', P .. 't', unpack(ids))
  for i, id in ipairs(ids) do
    local ended, result = ended_first_at(not seen[id] and rows[i], names[i])
    if ended then
      dropped[#dropped + 1] = result
      gone[#gone + 1] = id
    else
      local T = not seen[id] and task_of(id, rows[i]) or task(id)
      if T then
        trim_row(id, T, names[i])
      elseif not rows[i] and id ~= '' then
        set_aside('f', names[i], 'is of no task')
      end
    end
    seen[id] = true
  end
  if #gone > 0 then
    call('HDEL', P .. 't', unpack(gone))
    states.C = (states.C or 0) - #gone
  end
end

local function trim_ended(most)
  for _ = 1, most do
    local first = call('ZRANGE', P .. 'z', 0, 0, 'WITHSCORES')
    if not first[1] then return end
    if tonumber(first[2]) >= oldest and call('ZCARD', P .. 'z') <= total then return end
    call('ZREM', P .. 'z', first[1])
    local T, damaged = task(first[1])
    if T and is_disposable(T) then
      delete_task(first[1], T)
    elseif not T and not damaged then
      set_aside('z', first[1], 'is of no task')
    end
  end
end

-- results whose executions are gone, also those that a call before this could not tell
local function dropped_results()
  local waiting = call('LPOP', P .. 'd', 1000) or {}
  for _, result in ipairs(waiting) do dropped[#dropped + 1] = result end
  return dropped
end
