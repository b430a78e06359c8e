-- USES: line
-- Rows of finished executions as they are found; those that cannot be read are passed over.

local MOST_PASSED = 100

local function row_name(id, R)
  local skipped = R.k and '-skipped-' .. out(R.k) or ''
  return out(R.o or R.f) .. ':' .. out(R.n) .. skipped .. ':' .. id
end

-- the finished executions of a task that are kept, oldest first
local function rows_of_task(id, T)
  local rows = {}
  for _, raw in ipairs(call('LRANGE', P .. 'h:' .. id, 0, -1)) do
    local R = row_of(raw)
    if R then rows[#rows + 1] = R else leave_row('h:' .. id, raw) end
  end
  rows[#rows + 1] = T.R
  return rows
end

local function has_rows(id, T) return T.R ~= nil or call('EXISTS', P .. 'h:' .. id) == 1 end

-- the first row of a list, and how many were before it that cannot be read
local function pop_listed(id)
  for passed = 0, MOST_PASSED do
    local raw = call('LPOP', P .. 'h:' .. id)
    local R = row_of(raw)
    if R or not raw then return R, passed, raw end
    set_aside('h:' .. id, raw)
  end
  return nil, MOST_PASSED, nil
end

-- the oldest row; how many were passed over
local function pop_row(id, T)
  local R, passed = pop_listed(id)
  if not R and passed == 0 then R, T.R = T.R, nil end
  return R, passed
end

-- the row of a name, which mostly is the oldest; how many were passed over, one of which it was if it is not found
local function pop_named(id, T, name)
  if T.R and row_name(id, T.R) == name then
    local R = T.R
    T.R = nil
    return R, 0
  end
  local R, passed, raw = pop_listed(id)
  if not R or row_name(id, R) == name then return R, passed end
  call('LPUSH', P .. 'h:' .. id, raw)
  for _, other in ipairs(passed == 0 and call('LRANGE', P .. 'h:' .. id, 1, -1) or {}) do
    R = row_of(other)
    if R and row_name(id, R) == name then
      call('LREM', P .. 'h:' .. id, 1, other)
      return R, 0
    end
  end
  return nil, passed
end
