/* SPDX-License-Identifier: ISC */
/* renderctl: runs a placed-render server over its admin listener. */
#include "commands.h"
#include "common/ctl_main.h"
#include "sys/descriptors.h"

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    return ctl_main(&renderctl_program, argc, argv);
}
