/* SPDX-License-Identifier: GPL-2.0 */
/* host=: on what the kernel runs, for the banner and the tables. */
#include <kernel/errno.h>
#include <kernel/host.h>
#include <kernel/param.h>
#include <kernel/string.h>

static char description[64]; /* set by parse_params(), constant afterwards */

const char *host_description(void)
{
	return description;
}

static int set_host(const char *value)
{
	return strscpy(description, value, sizeof(description)) < 0 ? -EINVAL : 0;
}
PARAM(host,
      "what the machine is, in at most 63 characters without blanks, for the banner (default none)",
      set_host);
