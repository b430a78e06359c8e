package io.reactorscheduler.examples;

/** The main example: what a scheduler in memory does in about ten seconds. */
public final class QuickStart {

    private QuickStart() {}

    public static void main(String[] args) {
        System.out.println("reactor-scheduler");
    }
}
