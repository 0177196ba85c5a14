#pragma once
#include <lapacke.h>
#include <nlopt.h>
