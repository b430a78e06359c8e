-- USES: history
-- Retention: deletes what is too old or too much, so many rows at most.

local function trim_rows(most)
  for _ = 1, most do
    local first = call('ZRANGE', P .. 'f', 0, 0, 'WITHSCORES')
    if not first[1] then return end
    if tonumber(first[2]) >= oldest and call('ZCARD', P .. 'f') <= total then return end
    call('ZREM', P .. 'f', first[1])
    local id = string.match(first[1], '^[^:]*:[^:]*:(.*)$')
    local T = id and task(id)
    local R = T and unpacked(call('LPOP', P .. 'h:' .. id))
    if R then
      drop_row(id, T, R)
      if is_disposable(T) and call('EXISTS', P .. 'h:' .. id) == 0 then
        delete_task(id, T)
      elseif T.w then
        keep(id, T)
      end
    end
  end
end

local function trim_ended(most)
  for _ = 1, most do
    local first = call('ZRANGE', P .. 'z', 0, 0, 'WITHSCORES')
    if not first[1] then return end
    if tonumber(first[2]) >= oldest and call('ZCARD', P .. 'z') <= total then return end
    call('ZREM', P .. 'z', first[1])
    local T = task(first[1])
    if T and is_disposable(T) then delete_task(first[1], T) end
  end
end

-- results whose executions are gone, also those that a call before this could not tell
local function dropped_results()
  local waiting = call('LPOP', P .. 'd', 1000) or {}
  for _, result in ipairs(waiting) do dropped[#dropped + 1] = result end
  return dropped
end
