-- USES: base
-- What runs say: rows of the lists y.

-- micros, level, message, progress; nil for a row that is damaged
local function said_of(raw)
  local event = unpacked(raw)
  if not event or not tonumber(event[1] or '') then return nil end
  for part = 2, 4 do
    if type(event[part]) ~= 'string' then return nil end
  end
  return event
end
