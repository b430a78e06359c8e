-- USES: base
-- What happened, written to the stream j when a script ends: some events an entry, so that a call costs one command.
-- An entry has the time, then of each event k kind, i task, n number, w node, m message, each as a letter, its length in
-- UTF-16 units, a colon, and the text; a further i is an event of the same k, n and w.

local EVENTS_PER_ENTRY, FEW, LONGEST = 100, 10, 200
local entries, notes = {}, {}

local function units(text)
  if not string.find(text, '[\128-\255]') then return #text end
  local _, characters = string.gsub(text, '[^\128-\191]', '')
  local _, pairs_of_units = string.gsub(text, '[\240-\255]', '')
  return characters + pairs_of_units
end

local function field(name, text) return name .. units(text) .. ':' .. text end

local function end_entry()
  if #notes > 0 then entries[#entries + 1] = table.concat(notes) end
  notes = {}
end

local function note(kind, id, number, node, message)
  if counter('J') == 0 then return end
  local text = field('k', kind) .. field('i', id)
  if number then text = text .. field('n', out(number)) end
  if node and node ~= '' then text = text .. field('w', node) end
  if message and message ~= '' then
    if #message > LONGEST then
      message = string.gsub(string.sub(message, 1, LONGEST), '[\192-\255][\128-\191]*$', '')
    end
    text = text .. field('m', message)
  end
  notes[#notes + 1] = text
  if #notes == EVENTS_PER_ENTRY then end_entry() end
end

-- the tasks of some events; mostly their ids are of one length and need no look at each
local function id_fields(ids, from, to)
  local length, is_same = #ids[from], true
  for i = from + 1, to do is_same = is_same and #ids[i] == length end
  local before = 'i' .. length .. ':'
  local text = before .. table.concat(ids, before, from, to)
  if is_same and string.find(text, '^[^\128-\255]*$') then return text end
  local fields = {}
  for i = from, to do fields[#fields + 1] = field('i', ids[i]) end
  return table.concat(fields)
end

-- the same of many tasks at once, with the same number and node: an i without a k before it is another such event
local function note_all(kind, ids, number, node)
  if counter('J') == 0 then return end
  if #ids < FEW then
    for _, id in ipairs(ids) do note(kind, id, number, node) end
    return
  end
  end_entry()
  local first = field('k', kind) .. (number and field('n', out(number)) or '') .. (node and field('w', node) or '')
  for from = 1, #ids, EVENTS_PER_ENTRY do
    entries[#entries + 1] = first .. id_fields(ids, from, math.min(from + EVENTS_PER_ENTRY - 1, #ids))
  end
end

local function write_notes()
  end_entry()
  if #entries == 0 then return end
  local time, most = field('t', out(now)), string.format('%.0f', counter('J'))
  for _, entry in ipairs(entries) do call('XADD', P .. 'j', 'MAXLEN', '~', most, '*', 'v', time .. entry) end
  call('PUBLISH', P .. 'journal', '')
end
