package io.reactorscheduler;

interface Instrumentation {}
