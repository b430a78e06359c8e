-- USES: base
-- What happened, written to the stream j when a script ends: some events an entry, so that a call costs one command.
-- An entry has the time, then of each event k kind, i task, n number, w node, m message, each as a letter, its length in
-- UTF-16 units, a colon, and the text; a further i is an event of the same k, n and w.

local EVENTS_PER_ENTRY, LONGEST = 100, 200
local notes = {}

local function units(text)
  if not string.find(text, '[\128-\255]') then return #text end
  local _, characters = string.gsub(text, '[^\128-\191]', '')
  local _, pairs_of_units = string.gsub(text, '[\240-\255]', '')
  return characters + pairs_of_units
end

local function field(name, text) return name .. units(text) .. ':' .. text end

-- the task of an event; few lengths make the same text again and again
local id_fields = {}

local function id_field(id)
  local length = units(id)
  local known = id_fields[length]
  if not known then
    known = 'i' .. length .. ':'
    id_fields[length] = known
  end
  return known .. id
end

local function note(kind, id, number, node, message)
  if counter('J') == 0 then return end
  local text = field('k', kind) .. id_field(id)
  if number then text = text .. field('n', out(number)) end
  if node and node ~= '' then text = text .. field('w', node) end
  if message and message ~= '' then
    if #message > LONGEST then
      message = string.gsub(string.sub(message, 1, LONGEST), '[\192-\255][\128-\191]*$', '')
    end
    text = text .. field('m', message)
  end
  notes[#notes + 1] = text
end

-- the same of many tasks at once, with the same number and node: an i without a k before it is another such event
local function note_all(kind, ids, number, node)
  if counter('J') == 0 or #ids == 0 then return end
  local place = #notes
  local first = field('k', kind) .. (number and field('n', out(number)) or '') .. (node and field('w', node) or '')
  for i, id in ipairs(ids) do
    if (place + i - 1) % EVENTS_PER_ENTRY == 0 or i == 1 then
      notes[place + i] = first .. id_field(id)
    else
      notes[place + i] = id_field(id)
    end
  end
end

local function write_notes()
  local most = counter('J')
  for from = 1, #notes, EVENTS_PER_ENTRY do
    local entry = table.concat(notes, '', from, math.min(from + EVENTS_PER_ENTRY - 1, #notes))
    call('XADD', P .. 'j', 'MAXLEN', '~', string.format('%.0f', most), '*', 'v', field('t', out(now)) .. entry)
  end
  if #notes > 0 then call('PUBLISH', P .. 'journal', '') end
end
