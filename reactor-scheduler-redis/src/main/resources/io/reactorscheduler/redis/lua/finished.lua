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

-- the oldest row, or the one of a name if that is R; how many rows were passed over
local function pop_row(id, T, name)
  local R, passed = nil, 0
  if not T.R or row_name(id, T.R) ~= name then
    local raw
    R, passed, raw = pop_listed(id)
    -- the one of the name was one of those
    if R and name and passed > 0 and row_name(id, R) ~= name then
      call('LPUSH', P .. 'h:' .. id, raw)
      return nil, passed
    end
  end
  if not R and passed == 0 then R, T.R = T.R, nil end
  return R, passed
end
