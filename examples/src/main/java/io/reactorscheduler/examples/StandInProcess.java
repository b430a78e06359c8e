package io.reactorscheduler.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@link VideoProgram.StandIn} starts: writes a file of so many bytes, then ends, unless told not to. */
final class StandInProcess {

    private StandInProcess() {}

    public static void main(String[] args) throws IOException {
        Files.write(Path.of(args[0]), new byte[Integer.parseInt(args[1])]);
        while (Boolean.parseBoolean(args[2]) && System.in.read() >= 0) {
            // standard input is a pipe that nobody writes to: waits until the process is stopped
        }
    }
}
