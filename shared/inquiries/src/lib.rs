//! What is asked of storefronts and carriers, and when: requests as plain data, answers read, decisions without a clock.
