// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "facts.h"

bool facts_are_whole(struct json_object *summaries)
{
	json_object_object_foreach(summaries, run, summary)
	{
		struct json_object *lost = json_object_object_get(summary, "lost");

		(void)run;
		if (!lost)
			continue; /* of a load that did not take place */
		json_object_object_foreach(lost, what, count)
		{
			(void)what;
			if (json_object_get_int64(count))
				return false;
		}
	}
	return true;
}
