# SPDX-License-Identifier: ISC
"""patience: how long a test waits for what is to come. Times in tests are those of a machine with nothing else to do,
written with some room; all of them are stretched here, in one place, for machines that are slow and busy. Who waits
longer loses nothing but the time in which a real fault is found out.
"""
SLOWER = 5  # times


def patient(seconds):
    return SLOWER * seconds
