package io.nimscaler.trigger;

/** How the pods' metrics endpoint is reached. */
public enum Scheme {
    HTTP,
    HTTPS
}
