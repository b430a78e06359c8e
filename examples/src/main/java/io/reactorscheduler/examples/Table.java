package io.reactorscheduler.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text under a header, in columns: numbers to the right, everything else to the left. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> header) {
        rows.add(header);
    }

    Table row(List<String> cells) {
        rows.add(cells);
        return this;
    }

    List<String> lines() {
        List<Column> columns =
                IntStream.range(0, rows.get(0).size()).mapToObj(this::column).toList();
        return rows.stream()
                .map(row -> IntStream.range(0, row.size())
                        .mapToObj(i -> columns.get(i).padded(row.get(i)))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .toList();
    }

    private Column column(int index) {
        List<String> cells = rows.stream().map(row -> row.get(index)).toList();
        int width = cells.stream().mapToInt(String::length).max().orElse(0);
        boolean isNumeric = cells.stream().skip(1).allMatch(cell -> cell.matches("[-0-9.,]*"));
        return new Column(width, isNumeric);
    }

    @Override
    public String toString() {
        return String.join(System.lineSeparator(), lines());
    }

    private record Column(int width, boolean isNumeric) {

        String padded(String cell) {
            String pad = " ".repeat(width - cell.length());
            return isNumeric ? pad + cell : cell + pad;
        }
    }
}
