#include "CVTK.h"

#include <cstdio>
#include <vector>
#include <vtk-9.1/vtkCellArray.h>
#include <vtk-9.1/vtkIdList.h>
#include <vtk-9.1/vtkNew.h>
#include <vtk-9.1/vtkObject.h>
#include <vtk-9.1/vtkPolyData.h>
#include <vtk-9.1/vtkSTLReader.h>

struct mote_vtk_stl {
  std::vector<double> corners;
};

static bool opens(const char *path) {
  std::FILE *file = std::fopen(path, "rb");
  if (file) std::fclose(file);
  return file != nullptr;
}

mote_vtk_stl *mote_vtk_stl_read(const char *path) {
  if (!opens(path)) return nullptr;  // VTK would print the mistake to standard error
  try {
    vtkNew<vtkSTLReader> reader;
    reader->GlobalWarningDisplayOff();
    reader->SetFileName(path);
    reader->MergingOff();
    reader->Update();
    vtkPolyData *surface = reader->GetOutput();
    auto result = new mote_vtk_stl;
    vtkNew<vtkIdList> ids;
    for (vtkIdType cell = 0; cell < surface->GetNumberOfCells(); cell++) {
      surface->GetCellPoints(cell, ids);
      if (ids->GetNumberOfIds() != 3) continue;
      for (vtkIdType corner = 0; corner < 3; corner++) {
        const double *point = surface->GetPoint(ids->GetId(corner));
        result->corners.insert(result->corners.end(), point, point + 3);
      }
    }
    if (!result->corners.empty()) return result;
    delete result;
  } catch (...) {
    // Only memory can be wanting, and no exception may cross into C.
  }
  return nullptr;
}

void mote_vtk_stl_free(mote_vtk_stl *surface) { delete surface; }

size_t mote_vtk_stl_count(const mote_vtk_stl *surface) { return surface->corners.size() / 9; }

const double *mote_vtk_stl_corners(const mote_vtk_stl *surface) { return surface->corners.data(); }
