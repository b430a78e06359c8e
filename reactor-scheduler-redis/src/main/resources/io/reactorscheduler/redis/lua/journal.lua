-- USES: base
-- What happened, written to the stream j when a script ends: some events an entry, so that a call costs one command.
-- An entry has the time, then of each event k kind, i task, n number, w node, m message, each as a letter, its length in
-- UTF-16 units, a colon, and the text.

local EVENTS_PER_ENTRY, LONGEST = 100, 200
local notes = {}

local function units(text)
  if not string.find(text, '[\128-\255]') then return #text end
  local _, characters = string.gsub(text, '[^\128-\191]', '')
  local _, pairs_of_units = string.gsub(text, '[\240-\255]', '')
  return characters + pairs_of_units
end

local function field(name, text) return name .. units(text) .. ':' .. text end

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
end

local function write_notes()
  local most = counter('J')
  for from = 1, #notes, EVENTS_PER_ENTRY do
    local entry = table.concat(notes, '', from, math.min(from + EVENTS_PER_ENTRY - 1, #notes))
    call('XADD', P .. 'j', 'MAXLEN', '~', string.format('%.0f', most), '*', 'v', field('t', out(now)) .. entry)
  end
  if #notes > 0 then call('PUBLISH', P .. 'journal', '') end
end
